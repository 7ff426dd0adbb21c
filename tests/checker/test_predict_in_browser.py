"""The prediction's form by keyboard alone."""


def test_a_prediction_is_committed_by_tab_arrows_and_space(lab, lab_page):
    lab_page.open(lab.write("predict.ipynb", 'from lessonlib import predict\n\npredict("00.a")'))
    lab_page.run_all()
    form = lab_page.page.locator(".ns-predict")
    form.wait_for()
    commit = form.get_by_role("button", name="Commit")
    assert commit.is_disabled()
    lab_page.press(form.get_by_role("radio").first, "Space", "ArrowDown", "ArrowDown")
    lab_page.until(lambda: form.get_by_role("radio").nth(2).is_checked(), "the third choice")
    lab_page.until(commit.is_enabled, "the button to be usable")
    lab_page.page.keyboard.press("Tab")
    lab_page.screenshot("predict_question_light_1280")
    assert commit.evaluate("node => node === document.activeElement")
    lab_page.page.keyboard.press("Space")
    lab_page.until(lambda: "Committed: (c)" in form.inner_text(), "the receipt")
    form.locator("summary").focus()
    lab_page.page.keyboard.press("Enter")
    lab_page.until(lambda: "You said (c)." in form.inner_text(), "the answer")
    for dark in (False, True):
        lab_page.look(dark=dark)
        lab_page.screenshot(f"predict_{'dark' if dark else 'light'}_1280")
        assert lab_page.findings(".ns-predict") == []
